// Compiles OTP's PCRE and the engine around it to WebAssembly, with the clang of the npm package.
//
//   node native/re/build.mjs PCRE_FOLDER OUT

import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { commands } from "@yowasp/clang";

const here = dirname(fileURLToPath(import.meta.url));
const [pcre, out] = process.argv.slice(2);

// What the engine needs of PCRE; the rest is for other widths of characters and other ways of matching.
const parts = [
  "compile", "config", "exec", "fullinfo", "get", "globals", "latin_1_table", "newline", "ord2utf8",
  "string_utils", "tables", "ucd", "valid_utf8", "version", "xclass",
];

const files = { "engine.c": await readFile(join(here, "engine.c")) };
for (const name of await readdir(pcre)) {
  if (/\.[ch]$/.test(name)) files[name] = await readFile(join(pcre, name));
}

// Where a run that was interrupted goes on: OTP's makefile lists the places by their lines.
const exec = new TextDecoder().decode(files["pcre_exec.c"]).split("\n");
const places = exec.flatMap((line, at) => (/COST_CHK/.test(line) && !line.includes("COST_CHK(N)") ? [at + 1] : []));
files["pcre_exec_loop_break_cases.inc"] = places.map((line) => `case ${line + 100}: goto L_LOOP_COUNT_${line};\n`).join("");

const sources = ["engine.c", ...parts.map((part) => `pcre_${part}.c`)];
const words = [
  "clang", ...sources, "-o", "re.wasm", "-O2", "-DERLANG_INTEGRATION", "-w", "-nostartfiles",
  "-Wl,--no-entry", "-Wl,--gc-sections", "-Wl,--strip-all", "-Wl,-z,stack-size=1048576", "-Wl,--max-memory=134217728",
];
let complaints = "";
const stderr = (bytes) => {
  if (bytes !== null) complaints += new TextDecoder().decode(bytes);
};
try {
  const made = await commands.clang(words.slice(1), files, { stderr, stdout: () => {}, fetchProgress: () => {} });
  await writeFile(out, made["re.wasm"]);
} catch (error) {
  console.error(complaints || error);
  process.exit(1);
}
