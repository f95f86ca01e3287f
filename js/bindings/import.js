// `import()` for Rust, which can bind functions but no syntax. A file and not an inline snippet, since
// those are numbered anew in each program, and page and worker lie in one folder.

export function importModule(url) {
  return import(url);
}
