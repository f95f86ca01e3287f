// The editor widget: CodeMirror with Erlang, one document for each open file, given back in one call. Knows
// nothing of the VM or of where files are kept: texts come in, changes and wishes go out.
import { autocompletion, closeBrackets, closeBracketsKeymap, completeAnyWord, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { erlang } from '@codemirror/legacy-modes/mode/erlang';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState } from '@codemirror/state';
import {
  crosshairCursor, drawSelection, dropCursor, EditorView, highlightActiveLine, highlightActiveLineGutter,
  highlightSpecialChars, keymap, lineNumbers, rectangularSelection,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { keepStyles } from './shared/keep_styles.js';
import { look } from './editor/look.js';

keepStyles(document);

/** A pause in typing so long ends a change. */
const PAUSE_MS = 300;
/** Marks a change that did not come from the person. */
const fromOutside = Annotation.define();

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--code-keyword)', fontWeight: '600' },
  { tag: [tags.definitionKeyword, tags.meta], color: 'var(--code-meta)' },
  { tag: tags.attributeName, color: 'var(--code-attribute)', fontWeight: '600' },
  { tag: [tags.tagName, tags.propertyName, tags.standard(tags.variableName)], color: 'var(--code-function)' },
  { tag: tags.atom, color: 'var(--code-atom)' },
  { tag: [tags.string, tags.character], color: 'var(--code-string)' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: tags.variableName, color: 'var(--code-variable)' },
  { tag: [tags.macroName, tags.bracket], color: 'var(--code-macro)' },
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

/** Whether a file is coloured as Erlang. */
const isErlang = (path) => /\.(erl|hrl|config|app|escript)$|^[^.]*$/.test(path);

/**
 * Opens an editor in an element.
 * `changed(path, text)` hears of each change a moment after the last key, `wished(what)` of keys that ask for more:
 * `compile`, `save`.
 */
export function open(host, changed, wished) {
  const states = new Map();
  let current;
  let pause;

  const tell = () => {
    clearTimeout(pause);
    if (pause === undefined || current === undefined) return;
    pause = undefined;
    changed(current, view.state.doc.toString());
  };
  const wish = (what) => () => {
    tell();
    wished(what);
    return true;
  };
  const extensions = (path) => [
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    dropCursor(),
    EditorState.allowMultipleSelections.of(true),
    indentOnInput(),
    indentUnit.of('    '),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ override: [completeAnyWord], activateOnTyping: false }),
    rectangularSelection(),
    crosshairCursor(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    lintGutter(),
    syntaxHighlighting(colours),
    look,
    ...(isErlang(path) ? [StreamLanguage.define(erlang)] : []),
    keymap.of([
      { key: 'Ctrl-Enter', mac: 'Cmd-Enter', run: wish('compile'), preventDefault: true },
      { key: 'Ctrl-Enter', run: wish('compile'), preventDefault: true },
      { key: 'Mod-s', run: wish('save'), preventDefault: true },
      ...closeBracketsKeymap, ...searchKeymap, ...lintKeymap, ...completionKeymap, ...historyKeymap,
      ...defaultKeymap, indentWithTab,
    ]),
    EditorView.contentAttributes.of({
      'aria-label': `Source of ${path}. Escape, then Tab leaves the editor.`,
      autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false', tabindex: '0',
    }),
    EditorView.updateListener.of((update) => {
      const isOurs = update.transactions.some((transaction) => transaction.annotation(fromOutside));
      if (!update.docChanged || isOurs) return;
      clearTimeout(pause);
      pause = setTimeout(tell, PAUSE_MS);
    }),
  ];
  const view = new EditorView({ parent: host });

  const state = (path) => (path === current ? view.state : states.get(path));
  const change = (path, spec) => {
    if (path === current) view.dispatch(spec);
    else if (states.has(path)) states.set(path, states.get(path).update(spec).state);
  };

  return {
    /** Brings a file into sight; its text counts only the first time. */
    show(path, text) {
      tell();
      if (path === current) return;
      if (current !== undefined) states.set(current, view.state);
      if (!states.has(path)) states.set(path, EditorState.create({ doc: text, extensions: extensions(path) }));
      current = path;
      view.setState(states.get(path));
      view.requestMeasure();
    },
    /** Shows nothing. */
    clear() {
      tell();
      if (current !== undefined) states.set(current, view.state);
      current = undefined;
      view.setState(EditorState.create({ extensions: [look, EditorState.readOnly.of(true), EditorView.editable.of(false)] }));
    },
    /** What a file holds now, typed a moment ago or not. */
    text: (path) => state(path)?.doc.toString(),
    /** Puts another text into a file, as when a program has written it. */
    replace(path, text) {
      const old = state(path)?.doc;
      if (old === undefined || old.toString() === text) return;
      change(path, { changes: { from: 0, to: old.length, insert: text }, annotations: fromOutside.of(true) });
    },
    /** Marks what the compiler found: `[{line, column, severity, message}]`. */
    diagnose(path, findings) {
      const { doc } = state(path) ?? {};
      if (doc === undefined) return;
      change(path, setDiagnostics(state(path), findings.map((finding) => ({ ...place(doc, finding), ...finding }))));
    },
    /** Puts the cursor there and the focus into the editor. */
    goTo(line, column) {
      const { from } = place(view.state.doc, { line, column });
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
      view.focus();
    },
    /** A file has another name. */
    rename(from, to) {
      const old = state(from);
      if (old === undefined) return;
      const fresh = EditorState.create({ doc: old.doc, selection: old.selection, extensions: extensions(to) });
      states.delete(from);
      states.set(to, fresh);
      if (from === current) {
        current = to;
        view.setState(fresh);
      }
    },
    /** A file is closed. */
    forget(path) {
      if (path === current) {
        clearTimeout(pause);
        pause = undefined;
        current = undefined;
      }
      states.delete(path);
    },
    /** Tells at once of what was typed a moment ago. */
    flush: tell,
    find: () => openSearchPanel(view),
    focus: () => view.focus(),
    dispose() {
      tell();
      view.destroy();
    },
  };
}

/** The word at a place as the compiler counts it, or the line if there is no word. */
function place(doc, { line, column }) {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const from = Math.min(at.from + Math.max(column, 1) - 1, at.to);
  const word = /^[\w@]+|^\S/.exec(doc.sliceString(from, at.to));
  return { from, to: Math.min(from + (word ? word[0].length : 0), at.to) };
}
