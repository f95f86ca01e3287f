// xterm writes its rules into style elements, which a strict content security policy forbids. Here is
// a document for it whose style elements hand their rules to constructed sheets, which it permits.

/** A stand-in for a document, and how to take its rules out again. */
export function styledDocument(document) {
  const sheets = new Set();

  const adopt = (sheet) => {
    sheets.add(sheet);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };
  const abandon = (sheet) => {
    sheets.delete(sheet);
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  };

  const createStyle = () => {
    const element = document.createElement('style');
    const sheet = new CSSStyleSheet();
    adopt(sheet);
    Object.defineProperty(element, 'textContent', { set: (rules) => sheet.replaceSync(rules) });
    element.remove = () => {
      abandon(sheet);
      HTMLStyleElement.prototype.remove.call(element);
    };
    return element;
  };

  const createElement = (name, options) =>
    name === 'style' ? createStyle() : document.createElement(name, options);

  const stand = new Proxy(document, {
    get(target, property) {
      if (property === 'createElement') return createElement;
      const value = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { document: stand, dispose: () => sheets.forEach(abandon) };
}
