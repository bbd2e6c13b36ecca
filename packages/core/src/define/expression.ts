import { PolyloomError } from "@polyloom/wire";
import type { Expression as Ast } from "jsep";
import { lazyRequire } from "../lazy-require.ts";
import type { PathKey } from "./reference.ts";
import type { Reference } from "./source.ts";

/** What an expression may name: the body's nodes, with the ports of each. */
export interface ExpressionScope {
  readonly ports: ReadonlyMap<string, readonly string[]>;
}

/** The values that one evaluation sees. */
export interface ExpressionValues {
  readonly iteration: number;
  readonly elapsedMs: number;
  read(reference: Reference): unknown;
  readPrevious(reference: Reference): unknown;
}

/** A parsed expression over a closed set of operators; numbers behave as in JavaScript (C4). */
export interface CompiledExpression {
  readonly reads: readonly Reference[];
  readonly readsPrevious: readonly Reference[];
  /** `undefined` where a value it reads is dead. */
  evaluate(values: ExpressionValues): unknown;
}

type Step = (values: ExpressionValues) => unknown;

/** Thrown by a read, caught by `evaluate`: what is dead has no value to go on with. */
const DEAD = new Error("dead");

/**
 * Parses an expression and resolves its names; nothing of it is ever run as code.
 * @throws PolyloomError `expression_invalid`, showing the expression and the known names.
 */
export function compileExpression(text: string, scope: ExpressionScope): CompiledExpression {
  return new Compiler(text, scope).compile();
}

/** Names at the roots of an expression's paths: nodes among them belong to the body (G4). Nothing for one that does not parse. */
export function rootsOf(text: string): readonly string[] {
  try {
    return rootsIn(parse(text));
  } catch {
    return [];
  }
}

function rootsIn(ast: unknown): string[] {
  if (typeof ast !== "object" || ast === null) return [];
  const { type, name, object, ...rest } = ast as Ast & { name?: string; object?: Ast };
  if (type === "Identifier") return [name!];
  if (type === "MemberExpression") return memberRoots(object!, rest as { property?: Ast });
  return Object.values({ ...rest, object }).flatMap((part) =>
    Array.isArray(part) ? part.flatMap(rootsIn) : rootsIn(part),
  );
}

/** `previous.step.x` is rooted in `step`, and so is `nodes["step"].x`. */
function memberRoots(object: Ast, { property }: { property?: Ast }): string[] {
  if (isNamed(object, "previous")) return rootsIn(property);
  const isOfNodes = isNamed(object, "nodes") || isNamed(object["property"], "nodes");
  const id = property?.["value"] ?? property?.["name"];
  const isId = isOfNodes && (typeof id === "string" || typeof id === "number");
  return isId ? [...rootsIn(object), `${id}`] : rootsIn(object);
}

function isNamed(ast: unknown, name: string): boolean {
  const { type, name: found } = (ast ?? {}) as { type?: string; name?: string };
  return type === "Identifier" && found === name;
}

function parse(text: string): Ast {
  const jsep = lazyRequire<{ default?: (text: string) => Ast } & ((text: string) => Ast)>("jsep");
  return (jsep.default ?? jsep)(text);
}

class Compiler {
  readonly #text: string;
  readonly #scope: ExpressionScope;
  readonly #reads: Reference[] = [];
  readonly #readsPrevious: Reference[] = [];

  constructor(text: string, scope: ExpressionScope) {
    this.#text = text;
    this.#scope = scope;
  }

  compile(): CompiledExpression {
    const step = this.#compiled();
    return {
      reads: this.#reads,
      readsPrevious: this.#readsPrevious,
      evaluate: (values) => withoutDead(step, values),
    };
  }

  /** An expression that nests without end exhausts the stack: that is its fault. */
  #compiled(): Step {
    try {
      return this.#step(this.#parse());
    } catch (error) {
      return error instanceof RangeError ? this.#fail("it nests too deep", error) : raise(error);
    }
  }

  #parse(): Ast {
    try {
      return parse(this.#text);
    } catch (cause) {
      return this.#fail((cause as Error).message, cause);
    }
  }

  #step(ast: Ast): Step {
    switch (ast.type) {
      case "Literal":
        return () => ast["value"];
      case "Identifier":
      case "MemberExpression":
        return this.#name(ast);
      case "UnaryExpression":
        return this.#unary(ast["operator"] as string, this.#step(ast["argument"] as Ast));
      case "BinaryExpression":
      case "LogicalExpression":
        return this.#binary(ast["operator"] as string, this.#step(ast["left"] as Ast), this.#step(ast["right"] as Ast));
      case "ConditionalExpression":
        return choose(
          this.#step(ast["test"] as Ast),
          this.#step(ast["consequent"] as Ast),
          this.#step(ast["alternate"] as Ast),
        );
      case "CallExpression":
        return this.#call(ast);
      default:
        return this.#fail(`"${ast.type}" is not part of an expression`);
    }
  }

  #unary(operator: string, operand: Step): Step {
    if (operator === "!") return (values) => !operand(values);
    if (operator === "-") return (values) => -(operand(values) as number);
    if (operator === "+") return (values) => +(operand(values) as number);
    return this.#fail(`operator "${operator}" is not known`);
  }

  #binary(operator: string, left: Step, right: Step): Step {
    if (operator === "&&") return (values) => left(values) && right(values);
    if (operator === "||") return (values) => left(values) || right(values);
    const apply = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (apply === undefined) return this.#fail(`operator "${operator}" is not known`);
    return (values) => apply(left(values) as number, right(values) as number);
  }

  #call(ast: Ast): Step {
    const name = (ast["callee"] as Ast)["name"];
    const apply = typeof name === "string" && Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (apply === undefined) return this.#fail(`only ${Object.keys(FUNCTIONS).join(", ")} can be called`);
    const args = (ast["arguments"] as Ast[]).map((arg) => this.#step(arg));
    return (values) => apply(...args.map((arg) => arg(values) as number));
  }

  #name(ast: Ast): Step {
    const [root, ...path] = this.#path(ast);
    if (root === "iteration" && path.length === 0) return (values) => values.iteration;
    if (root === "elapsedMs" && path.length === 0) return (values) => values.elapsedMs;
    if (root === "previous") return this.#read(this.#resolve(path), true);
    return this.#read(this.#resolve([root!, ...path]), false);
  }

  #read(reference: Reference, previous: boolean): Step {
    (previous ? this.#readsPrevious : this.#reads).push(reference);
    return (values) => {
      const value = previous ? values.readPrevious(reference) : values.read(reference);
      if (value === undefined) throw DEAD;
      return value;
    };
  }

  #path(ast: Ast): PathKey[] {
    if (ast.type === "Identifier") return [ast["name"] as string];
    if (ast.type !== "MemberExpression") return this.#fail("a path begins with a name");
    const property = ast["property"] as Ast;
    const key = ast["computed"] === true ? property["value"] : property["name"];
    if (typeof key !== "string" && typeof key !== "number")
      return this.#fail("an index has to be a plain number or text");
    return [...this.#path(ast["object"] as Ast), key];
  }

  #resolve(path: readonly PathKey[]): Reference {
    const { ports: known } = this.#scope;
    // Any id can be written as `nodes["my-step"]`, unless `nodes` is a node itself.
    const isById = path[0] === "nodes" && !known.has("nodes") && known.has(String(path[1]));
    const [root, ...rest] = isById ? path.slice(1) : path;
    const ports = typeof root === "string" ? this.#scope.ports.get(root) : undefined;
    if (ports === undefined) return { kind: "reference", node: this.#ownerOf(root), path };
    if (rest.length === 0) return this.#fail(`"${root}" is a node: name one of its ports (${ports.join(", ")})`);
    if (!ports.includes(String(rest[0])))
      return this.#fail(`node "${root}" has no port "${rest[0]}" (${ports.join(", ")})`);
    return { kind: "reference", node: String(root), path: rest };
  }

  #ownerOf(port: PathKey | undefined): string {
    const owners = [...this.#scope.ports].filter(([, ports]) => ports.includes(String(port))).map(([node]) => node);
    if (owners.length === 1) return owners[0]!;
    if (owners.length > 1)
      return this.#fail(`"${port}" is a port of ${owners.join(" and ")}: write ${nameOf(owners[0]!, String(port))}`);
    return this.#fail(`"${port ?? "previous"}" is not known`);
  }

  #fail(problem: string, cause?: unknown): never {
    const known = [...this.#scope.ports].flatMap(([node, ports]) => ports.map((port) => nameOf(node, port)));
    const names = [...known, "iteration", "previous", "elapsedMs", "abs", "min", "max"];
    throw new PolyloomError(
      "expression_invalid",
      `expression "${this.#text}": ${problem}; known names: ${names.join(", ")}`,
      {
        cause,
        details: { expression: this.#text, known: names },
      },
    );
  }
}

/** A port as an expression names it: an id that is no name of JavaScript's stands in brackets. */
function nameOf(node: string, port: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(node) ? `${node}.${port}` : `nodes[${JSON.stringify(node)}].${port}`;
}

const OPERATORS: Record<string, (a: number, b: number) => unknown> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "**": (a, b) => a ** b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  // oxlint-disable-next-line eqeqeq -- numbers and texts compare as in JavaScript (C4)
  "==": (a, b) => a == b,
  // oxlint-disable-next-line eqeqeq -- as above
  "!=": (a, b) => a != b,
  "===": (a, b) => a === b,
  "!==": (a, b) => a !== b,
};

const FUNCTIONS: Record<string, (...args: number[]) => number> = { abs: Math.abs, min: Math.min, max: Math.max };

function raise(error: unknown): never {
  throw error;
}

function choose(test: Step, yes: Step, no: Step): Step {
  return (values) => (test(values) ? yes(values) : no(values));
}

function withoutDead(step: Step, values: ExpressionValues): unknown {
  try {
    return step(values);
  } catch (thrown) {
    if (thrown === DEAD) return undefined;
    throw thrown;
  }
}
