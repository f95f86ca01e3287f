// The terminal widget: xterm.js with its addons, wired to one element and given back in one call.
// Knows nothing of the VM: bytes come in, keys and sizes go out.
import { Terminal } from '@xterm/xterm';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { keepStyles } from './shared/keep_styles.js';

keepStyles(document);

const SCROLLBACK_LINES = 10_000;
const FONT_PX = { least: 9, usual: 14, most: 28 };
const COLOURS = [
  'black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white',
  'brightBlack', 'brightRed', 'brightGreen', 'brightYellow',
  'brightBlue', 'brightMagenta', 'brightCyan', 'brightWhite',
];

/**
 * Opens a terminal in an element.
 * `keys(text)` hears what is typed, `resized(cols, rows)` the size in characters.
 */
export function open(host, keys, resized, screenReaderMode) {
  const terminal = new Terminal({
    allowProposedApi: true,
    // Programs end lines with a line feed; nobody has to go through their output to add the return.
    convertEol: true,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    fontFamily: style(host, '--mono') || 'monospace',
    fontSize: FONT_PX.usual,
    minimumContrastRatio: 4.5,
    screenReaderMode,
    scrollback: SCROLLBACK_LINES,
    theme: theme(host),
  });
  const fit = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.loadAddon(new Unicode11Addon());
  terminal.loadAddon(new WebLinksAddon(openLink));
  terminal.unicode.activeVersion = '11';
  terminal.attachCustomKeyEventHandler((event) => clipboard(terminal, event));
  terminal.onData(keys);
  terminal.onResize(({ cols, rows }) => resized(cols, rows));
  terminal.open(host);
  fit.fit();
  const observer = new ResizeObserver(() => fit.fit());
  observer.observe(host);
  let isOpen = true;
  accelerate(terminal, () => isOpen);

  return {
    get cols() {
      return terminal.cols;
    },
    get rows() {
      return terminal.rows;
    },
    /** Writes bytes or text; `done` is called once they have been parsed. */
    write: (output, done) => terminal.write(output, done),
    text: () => text(terminal.buffer.normal),
    /** Types as a person would. */
    type: (input) => terminal.input(input.replace(/\r?\n/g, '\r'), true),
    focus: () => terminal.focus(),
    clear: () => terminal.clear(),
    find(what, backwards) {
      if (!what) return search.clearDecorations();
      return backwards ? search.findPrevious(what) : search.findNext(what);
    },
    resizeFont(pixels) {
      const size = terminal.options.fontSize + pixels;
      terminal.options.fontSize = Math.min(FONT_PX.most, Math.max(FONT_PX.least, size));
      fit.fit();
    },
    recolour() {
      terminal.options.theme = theme(host);
    },
    dispose() {
      isOpen = false;
      observer.disconnect();
      terminal.dispose();
    },
  };
}

/** Draws with WebGL where there is WebGL; without it, or when it is lost, xterm draws with elements. */
async function accelerate(terminal, isOpen) {
  try {
    const { WebglAddon } = await import('@xterm/addon-webgl');
    if (!isOpen()) return;
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
  } catch {
    // Elements do as well, only slower.
  }
}

/** Copy and paste on the keys that terminals use for it; everything else goes to the VM. */
function clipboard(terminal, event) {
  if (event.type !== 'keydown' || !event.ctrlKey || event.altKey || event.metaKey) return true;
  const key = event.key.toLowerCase();
  if (key === 'c' && (event.shiftKey || terminal.hasSelection())) {
    event.preventDefault();
    if (terminal.hasSelection()) {
      navigator.clipboard?.writeText(terminal.getSelection());
      terminal.clearSelection();
    }
    return false;
  }
  // The browser pastes into xterm's own text area, which needs no permission.
  return key !== 'v';
}

/** Links in output are what a program printed: only the web, and without a way back to this page. */
function openLink(_event, address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return;
  }
  if (url.protocol === 'https:' || url.protocol === 'http:') {
    window.open(url.href, '_blank', 'noopener,noreferrer');
  }
}

function text(buffer) {
  const lines = [];
  for (let at = 0; at < buffer.length; at += 1) {
    const line = buffer.getLine(at);
    const words = line.translateToString(true);
    if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += words;
    else lines.push(words);
  }
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return lines.join('\n');
}

function theme(host) {
  const colours = COLOURS.map((name) => {
    const property = name.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
    return [name, style(host, `--term-${property}`)];
  });
  return {
    ...Object.fromEntries(colours.filter(([, colour]) => colour)),
    background: style(host, '--term-background') || '#000000',
    foreground: style(host, '--term-foreground') || '#ffffff',
    cursor: style(host, '--term-cursor') || undefined,
    selectionBackground: style(host, '--term-selection') || undefined,
  };
}

function style(host, property) {
  return getComputedStyle(host).getPropertyValue(property).trim();
}
