// Fails when what a first visit loads (scripts, their static imports, styles) outgrows the budget.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 120;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const page = readFileSync(`${dist}index.html`, "utf8");

const seen = new Set();
function visit(file) {
  if (seen.has(file)) return;
  seen.add(file);
  if (!file.endsWith(".js")) return;
  const code = readFileSync(dist + file, "utf8");
  for (const [, path] of code.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) {
    visit(`assets/${path}`);
  }
}
for (const [, path] of page.matchAll(/(?:src|href)="\/app\/([^"]+\.(?:js|css))"/g)) visit(path);

let total = 0;
for (const file of seen) {
  const bytes = gzipSync(readFileSync(dist + file), { level: 9 }).length;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${file}`);
}
const kb = total / 1024;
console.log(`${kb.toFixed(1).padStart(7)} KB  initial load, gzip (budget ${BUDGET_KB} KB)`);
if (seen.size === 0 || kb > BUDGET_KB) process.exit(1);
