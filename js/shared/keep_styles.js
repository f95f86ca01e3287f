// Lets widgets from npm style themselves under a policy without 'unsafe-inline', which leaves <style> elements
// empty: the text of such an element becomes a sheet made by script, and that the policy allows.

const KEEPS = Symbol('keeps styles');

/**
 * From now on, style elements that scripts make in this document keep their rules. The document itself
 * is changed, since xterm.js asks it for one of them even where `documentOverride` names another; and
 * no real style element is made, since even an empty one counts as a violation.
 */
export function keepStyles(document) {
  if (document[KEEPS]) return;
  document[KEEPS] = true;
  const create = document.createElement.bind(document);
  document.createElement = (name, options) =>
    name === 'style' ? styleElement(document, create('span')) : create(name, options);
}

/** What stands for a style element: its text is a sheet of the document until it is removed. */
function styleElement(document, element) {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  element.hidden = true;
  Object.defineProperty(element, 'textContent', { set: (text) => sheet.replaceSync(text) });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((kept) => kept !== sheet);
    HTMLElement.prototype.remove.call(element);
  };
  return element;
}
