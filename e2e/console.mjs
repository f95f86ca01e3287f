// The page object: how the tests open the console, type into it and read what a person sees. Waits only on
// what a person could see or an embedder could ask; reads the terminal's buffer, never its DOM.
import { expect } from '@playwright/test';

export class Console {
  constructor(page) {
    this.page = page;
    /** Uncaught errors and policy violations of the page, in order. */
    this.problems = [];
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Content-Security-Policy/.test(message.text())) {
        this.problems.push(message.text());
      }
    });
  }

  by(id) {
    return this.page.getByTestId(id);
  }

  /** Opens the site and waits until the console in the VM answers. */
  async open(url) {
    await this.page.goto(url);
    await this.ready();
  }

  async ready() {
    await expect(this.by('vm-state')).toHaveText('ready', { timeout: 30_000 });
  }

  /** The terminal's buffer with its scrollback. */
  text() {
    return this.page.evaluate(() => globalThis.atomvm.terminal.text());
  }

  /** Waits until the terminal holds a text. */
  async sees(text) {
    await expect.poll(() => this.text()).toContain(text);
  }

  /** Waits for the shell's prompt with this number. */
  async prompt(number) {
    await expect.poll(() => this.text()).toMatch(new RegExp(`^${number}> *$`, 'm'));
  }

  /** Types on the keyboard, as a person would. */
  async type(text) {
    await this.by('terminal').click();
    await this.page.keyboard.type(text);
  }

  /** Types one expression and Enter. */
  async enter(text) {
    await this.type(text);
    await this.page.keyboard.press('Enter');
  }

  /** Runs `atomvm[member](...words)` in the page; a rejection becomes `{ rejected: {name, code, message} }`. */
  ask(member, ...words) {
    return this.page.evaluate(
      async ([name, values]) => {
        try {
          return await globalThis.atomvm[name](...values);
        } catch (error) {
          const { code, message, details } = error;
          return { rejected: { name: error.name, code, message, details } };
        }
      },
      [member, words],
    );
  }

  /** `atomvm.load` of bytes given as an array of numbers or a Buffer. */
  load(bytes, name) {
    return this.page.evaluate(
      async ([base64, label]) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        try {
          return await globalThis.atomvm.load(bytes, label);
        } catch ({ name, code, message, details }) {
          return { rejected: { name, code, message, details } };
        }
      },
      [Buffer.from(bytes).toString('base64'), name],
    );
  }

  /** Drops a file onto the page. */
  async drop(name, bytes) {
    const files = await this.page.evaluateHandle(
      ([label, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], label));
        return transfer;
      },
      [name, Buffer.from(bytes).toString('base64')],
    );
    await this.by('drop-zone').dispatchEvent('drop', { dataTransfer: files });
  }
}
