// Writes src/api/schema.gen.ts from the OpenAPI document of the API.
// `--check` writes nothing and fails when the committed file is out of date.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = at("../../docs/openapi.json");
const target = at("../src/api/schema.gen.ts");

/** One OpenAPI 3.1 schema as a TypeScript type expression. */
function typeOf(schema) {
  if (schema === undefined || schema === true) return "unknown";
  if (schema.$ref) return nameOf(schema.$ref.split("/").at(-1));
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return union(variants.map(typeOf));
  if (schema.allOf) return schema.allOf.map((part) => `(${typeOf(part)})`).join(" & ");
  if (Array.isArray(schema.type)) {
    return union(schema.type.map((type) => typeOf({ ...schema, type })));
  }
  switch (schema.type) {
    case "string":
      return schema.format === "binary" ? "Blob" : "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array":
      return `(${typeOf(schema.items)})[]`;
    default:
      return objectOf(schema);
  }
}

function objectOf(schema) {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, value]) => `${JSON.stringify(name)}${required.has(name) ? "" : "?"}: ${typeOf(value)}`,
  );
  if (fields.length > 0) return `{ ${fields.join("; ")} }`;
  const values = schema.additionalProperties;
  return `Record<string, ${values && values !== true ? typeOf(values) : "unknown"}>`;
}

const union = (types) => [...new Set(types)].join(" | ");
const nameOf = (name) => name.replaceAll(/[^A-Za-z0-9_]/g, "_");

/** A path with one parameter is keyed by `{id}`, whatever the server calls it. */
function keyOf(method, path) {
  const short = path.replace(/^\/api\/v1/, "");
  const one = (short.match(/\{/g) ?? []).length === 1;
  return `${method.toUpperCase()} ${one ? short.replace(/\{[^}]+\}/, "{id}") : short}`;
}

function bodyOf(operation) {
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  return schema ? typeOf(schema) : "undefined";
}

function answerOf(operation) {
  const status = Object.keys(operation.responses).find((code) => code.startsWith("2"));
  const schema = operation.responses[status]?.content?.["application/json"]?.schema;
  return schema && status !== "204" ? typeOf(schema) : "undefined";
}

function queryOf(operation) {
  const fields = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === "query")
    .map((parameter) => `${JSON.stringify(parameter.name)}?: ${typeOf(parameter.schema)}`);
  return fields.length > 0 ? `{ ${fields.join("; ")} }` : "undefined";
}

function render(document) {
  const lines = ["// Written by `npm run types` from the OpenAPI document. Do not edit.", ""];
  const schemas = Object.entries(document.components?.schemas ?? {});
  for (const [name, schema] of schemas.sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`export type ${nameOf(name)} = ${typeOf(schema)};`, "");
  }
  lines.push(
    "/** Every operation: `METHOD /path under the API's root`. */",
    "export interface Operations {",
  );
  for (const [path, item] of Object.entries(document.paths)) {
    if (!path.startsWith("/api/v1")) continue;
    for (const [method, operation] of Object.entries(item)) {
      if (!["get", "post", "put", "patch", "delete"].includes(method)) continue;
      lines.push(
        `  ${JSON.stringify(keyOf(method, path))}: {`,
        `    query: ${queryOf(operation)};`,
        `    body: ${bodyOf(operation)};`,
        `    answer: ${answerOf(operation)};`,
        "  };",
      );
    }
  }
  lines.push("}", "");
  return lines.join("\n");
}

const text = render(JSON.parse(readFileSync(source, "utf8")));
const current = existsSync(target) ? readFileSync(target, "utf8") : "";
if (process.argv.includes("--check")) {
  if (text !== current) {
    console.error("src/api/schema.gen.ts is out of date: run `npm run types`");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
  console.log(`src/api/schema.gen.ts from ${source.split("/").slice(-2).join("/")}`);
}
