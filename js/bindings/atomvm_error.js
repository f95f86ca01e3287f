// What every promise of `window.atomvm` rejects with.

export class AtomvmError extends Error {
  constructor(code, message, details) {
    super(message);
    this.name = 'AtomvmError';
    this.code = code;
    this.details = details;
  }
}
