/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { pruneTgui } from "./scripts/prune-tgui.ts";

const api = process.env.API_ORIGIN ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/app/",
  plugins: [react(), pruneTgui(import.meta.dirname)],
  build: {
    target: "es2022",
    // A strict content security policy forbids data: assets and inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
  },
  server: { proxy: { "/api": { target: api, ws: true } } },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    testTimeout: 30_000,
    maxWorkers: 1,
  },
});
