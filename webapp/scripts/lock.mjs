// Takes every address out of package-lock.json: npm writes the packages' `funding` pages into it.
// `--check` writes nothing and fails when one is there.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const text = readFileSync(file, "utf8");
const lock = JSON.parse(text);
for (const entry of Object.values(lock.packages)) {
  delete entry.funding;
  delete entry.resolved;
}
const clean = `${JSON.stringify(lock, null, 2)}\n`;
const address = /https?:\/\/[^"]*/.exec(clean)?.[0];
if (address) {
  console.error(`package-lock.json names ${address}`);
  process.exit(1);
}
if (!process.argv.includes("--check")) writeFileSync(file, clean);
else if (clean !== text) {
  console.error("package-lock.json has addresses: run `npm run lock`");
  process.exit(1);
}
