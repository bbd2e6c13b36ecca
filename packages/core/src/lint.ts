// A plugin for linters that take ESLint's: what a proxy cannot trap, a reader of the code can see.

/** A syntax node, as far as the rule looks at it (ESTree). */
interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What a rule gets from the linter. */
interface RuleContext {
  report(problem: {
    readonly node: SyntaxNode;
    readonly messageId: string;
    readonly data: { readonly name: string };
  }): void;
}

type Visitors = Readonly<Record<string, (node: SyntaxNode) => void>>;

/** A lint rule in ESLint's form. */
export interface LintRule {
  readonly meta: {
    readonly type: "problem";
    readonly docs: { readonly description: string };
    readonly messages: Readonly<Record<string, string>>;
  };
  create(context: RuleContext): Visitors;
}

/** A lint plugin in ESLint's form. */
export interface LintPlugin {
  readonly meta: { readonly name: string };
  readonly rules: Readonly<Record<string, LintRule>>;
}

const noReferenceAsCondition: LintRule = {
  meta: {
    type: "problem",
    docs: { description: "A reference has no value until the workflow runs: it is always truthy, and equals nothing." },
    messages: {
      condition: '"{{ name }}" is a reference, and always truthy; branch in the workflow, with ifElse or switchOn',
      equality: '"{{ name }}" is a reference, and equals no value; compare in a node',
    },
  },
  create(context) {
    const check = (messageId: string, ...nodes: readonly unknown[]): void => {
      for (const node of nodes) {
        const name = referenceName(node as SyntaxNode | null | undefined);
        if (name !== undefined) context.report({ node: node as SyntaxNode, messageId, data: { name } });
      }
    };
    const condition = (node: SyntaxNode): void => check("condition", node["test"]);
    return {
      IfStatement: condition,
      ConditionalExpression: condition,
      WhileStatement: condition,
      DoWhileStatement: condition,
      ForStatement: condition,
      LogicalExpression: (node) => check("condition", node["left"]),
      UnaryExpression: (node) => node["operator"] === "!" && check("condition", node["argument"]),
      BinaryExpression: (node) =>
        /^[!=]==?$/.test(String(node["operator"])) && check("equality", node["left"], node["right"]),
    };
  },
};

/** Rules for code that builds workflows: `polyloom/no-reference-as-condition`. */
const plugin: LintPlugin = {
  meta: { name: "polyloom" },
  rules: { "no-reference-as-condition": noReferenceAsCondition },
};

export default plugin;

/** The text of `handle.out.port…`, or `undefined` for anything else; types are not looked at, the shape is enough. */
function referenceName(node: SyntaxNode | null | undefined): string | undefined {
  const path = pathOf(node);
  const at = path?.indexOf("out") ?? -1;
  return at > 0 && at < path!.length - 1 ? path!.join(".") : undefined;
}

function pathOf(node: SyntaxNode | null | undefined): string[] | undefined {
  switch (node?.type) {
    case "Identifier":
      return [node["name"] as string];
    case "MemberExpression":
      return joined(pathOf(node["object"] as SyntaxNode), node["property"] as SyntaxNode, node["computed"] === true);
    case "CallExpression":
      return pathOf(node["callee"] as SyntaxNode);
    case "ChainExpression":
    case "TSNonNullExpression":
    case "TSAsExpression":
      return pathOf(node["expression"] as SyntaxNode);
    default:
      return undefined;
  }
}

function joined(path: string[] | undefined, property: SyntaxNode, isComputed: boolean): string[] | undefined {
  if (path === undefined) return undefined;
  return [...path, isComputed ? "[…]" : (property["name"] as string)];
}
