import types from "node:util/types";

import { viewClass, viewIndex, viewLength } from "./buffer-view.ts";
import { PolyloomError } from "./error.ts";
import { estimateBytes } from "./size-estimate.ts";
import { assertTransferable } from "./transferable.ts";

/** The limit in bytes of an encoded value; none unless set. */
export interface EncodeOptions {
  readonly maxBytes?: number;
}

/**
 * A value as bytes in the format of node:v8, for every value that contract D1 names; of an Error
 * only the built-in name, message, stack and cause, as serializeError is for the rest. Throws
 * size_limit_exceeded, if possible before building the bytes, and not_transferable.
 */
export function encode(value: unknown, options: EncodeOptions = {}): Uint8Array {
  const { maxBytes = Infinity } = options;
  if (maxBytes < Infinity) refuseAbove(maxBytes, estimateBytes(value, maxBytes));
  const bytes = write(value);
  refuseAbove(maxBytes, bytes.byteLength);
  return bytes;
}

/** The value of encoded bytes, which it shares no memory with; throws decode_failed. */
export function decode(bytes: Uint8Array): unknown {
  try {
    const { ValueReader } = codecClasses();
    const reader = new ValueReader(bytes);
    reader.readHeader();
    return reader.readValue();
  } catch (cause) {
    const size = bytes.byteLength;
    const message = `${size} bytes are not an encoded value.`;
    throw new PolyloomError("decode_failed", message, { cause, details: { size } });
  }
}

function refuseAbove(limit: number, size: number): void {
  if (size <= limit) return;
  const message = `The value takes at least ${size} bytes, and the limit is ${limit}.`;
  throw new PolyloomError("size_limit_exceeded", message, { details: { size, limit } });
}

function write(value: unknown): Uint8Array {
  const { ValueWriter } = codecClasses();
  const writer = new ValueWriter();
  try {
    writer.writeHeader();
    writer.writeValue(value);
    return writer.releaseBuffer();
  } catch (cause) {
    assertTransferable(value, "value");
    const text = cause instanceof Error ? cause.message : "";
    throw new PolyloomError("not_transferable", `The value cannot be encoded: ${text}`, { cause });
  }
}

const ALONE = 0xff;

type Classes = ReturnType<typeof makeClasses>;
let classes: Classes | undefined;

// Loading node:v8 takes longer than the rest of this package, and many programs never encode.
function codecClasses(): Classes {
  return (classes ??= makeClasses(process.getBuiltinModule("node:v8")));
}

function makeClasses({ DefaultSerializer, Deserializer }: typeof import("node:v8")) {
  // Node's own classes write each view alone, so that two views of one buffer part ways, and read
  // them as views of the input or of Node's pool. Here a view is written by its buffer, as
  // structured clone does it, and a Buffer alone, since the rest of its pool is nobody's business.
  class ValueWriter extends DefaultSerializer {
    _writeHostObject(view: NodeJS.ArrayBufferView): void {
      const index = Buffer.isBuffer(view) ? ALONE : viewIndex(view);
      if (index < 0) throw new TypeError("A view of an unknown class cannot be encoded.");
      this.writeUint32(index);
      if (index !== ALONE) this.writeUint32(view.byteOffset);
      this.writeUint32(viewLength(view));
      if (index === ALONE) this.writeRawBytes(view);
      else this.writeValue(view.buffer);
    }
  }

  class ValueReader extends Deserializer {
    _readHostObject(): ArrayBufferView {
      const index = this.readUint32();
      if (index === ALONE) return new Uint8Array(this.readRawBytes(this.readUint32()));
      const View = viewClass(index);
      const [offset, length] = [this.readUint32(), this.readUint32()];
      const buffer: unknown = this.readValue();
      // Anything but a buffer would make the class allocate, or convert.
      if (!View || !types.isArrayBuffer(buffer)) throw new TypeError("Not a view of a buffer.");
      return new View(buffer, offset, length);
    }
  }

  return { ValueWriter, ValueReader };
}
