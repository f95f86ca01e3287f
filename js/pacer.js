// Wakes the page: waits so many milliseconds without a timer, then says so. Knows nothing of why.

const cell = new Int32Array(new SharedArrayBuffer(4));

onmessage = ({ data: milliseconds }) => {
  if (milliseconds > 0) Atomics.wait(cell, 0, 0, milliseconds);
  postMessage(null);
};
