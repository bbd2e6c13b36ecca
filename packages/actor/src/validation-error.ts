/** Thrown by a handler that refuses its payload: the caller gets `validation_error` with this message. */
export class ValidationError extends Error {
  static {
    Object.defineProperty(this.prototype, "name", { value: "ValidationError", configurable: true, writable: true });
  }
}
