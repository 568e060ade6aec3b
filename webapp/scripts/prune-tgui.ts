import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Plugin } from "vite";

const CLASS = /tgui-[0-9a-f]{16}/g;

/**
 * telegram-ui ships the styles of all its components in one file. This keeps the rules whose
 * classes occur in the components that src/ui imports, and in what those import in turn.
 */
export function pruneTgui(root: string): Plugin {
  return {
    name: "prune-tgui",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("telegram-ui/dist/styles.css")) return null;
      const dist = dirname(id.split("?")[0] ?? id);
      return { code: prune(code, classesOf(dist, imported(root))), map: null };
    },
  };
}

function imported(root: string): string[] {
  const sources = readdirSync(`${root}/src/ui`)
    .filter((name) => name.endsWith(".tsx"))
    .map((name) => readFileSync(`${root}/src/ui/${name}`, "utf8"));
  const lists = sources.flatMap((source) => [
    ...source.matchAll(/import \{([^}]+)\} from "@telegram-apps\/telegram-ui"/g),
  ]);
  return lists.flatMap((list) =>
    (list[1] ?? "").split(",").map((name) => name.trim().split(" as ")[0] ?? ""),
  );
}

function classesOf(dist: string, components: readonly string[]): Set<string> {
  const classes = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const code = readFileSync(file, "utf8");
    for (const [name] of code.matchAll(CLASS)) classes.add(name);
    for (const [, path] of code.matchAll(/from\s*["'](\.[^"']+)["']/g)) {
      const target = resolve(dirname(file), path ?? "");
      visit(target.endsWith(".js") ? target : `${target}.js`);
    }
  };
  for (const name of components) {
    const found = readdirSync(`${dist}/components`)
      .map((group) => `${dist}/components/${group}/${name}/${name}.js`)
      .filter((file) => existsSync(file));
    if (found.length === 0) throw new Error(`telegram-ui has no component ${name}`);
    found.forEach(visit);
  }
  return classes;
}

/** The blocks of a style sheet that may apply; at-rules keep what is left inside them. */
function prune(css: string, classes: ReadonlySet<string>): string {
  let kept = "";
  let at = 0;
  while (at < css.length) {
    const open = css.indexOf("{", at);
    if (open < 0) break;
    const close = endOf(css, open);
    const head = css.slice(at, open);
    const body = css.slice(open + 1, close);
    if (/@(media|supports)/.test(head)) {
      const inner = prune(body, classes);
      if (inner) kept += `${head}{${inner}}`;
    } else if (
      head.includes("@") ||
      head.split(",").some((selector) => mayApply(selector, classes))
    ) {
      kept += `${head}{${body}}`;
    }
    at = close + 1;
  }
  return kept;
}

function endOf(css: string, open: number): number {
  let depth = 0;
  for (let at = open; at < css.length; at += 1) {
    if (css[at] === "{") depth += 1;
    if (css[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return css.length;
}

function mayApply(selector: string, classes: ReadonlySet<string>): boolean {
  const needed = selector.replaceAll(/:not\([^)]*\)/g, "").match(CLASS) ?? [];
  return needed.every((name) => classes.has(name));
}
