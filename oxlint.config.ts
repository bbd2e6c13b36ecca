import { defineConfig, type OxlintOverride } from "oxlint";
import { ARROWS, packageName, TEST_ARROWS } from "./scripts/house.ts";

const TESTS = ["**/*.test.ts", "**/*.test-d.ts", "**/*.fixture.ts"];

/** Tests throw strings, spread errors and await what may be a plain value on purpose. */
const TEST_RULES = {
  "typescript/await-thenable": "off",
  "typescript/no-implied-eval": "off",
  "typescript/no-misused-spread": "off",
  "typescript/only-throw-error": "off",
  "unicorn/no-unnecessary-await": "off",
  "vitest/expect-expect": "off",
  "vitest/no-conditional-expect": "off",
} as const;

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "vitest"],
  jsPlugins: ["./scripts/lint-rules.js"],
  categories: { correctness: "error" },
  options: { typeAware: true },
  ignorePatterns: ["**/dist", "docs/api"],
  rules: {
    eqeqeq: "error",
    "house/no-export-star": "error",
    "import/no-cycle": ["error", { ignoreTypes: true }],
    "max-lines": ["error", 300],
    "no-var": "error",
    "prefer-const": "error",
    "typescript/ban-ts-comment": [
      "error",
      { "ts-expect-error": "allow-with-description", minimumDescriptionLength: 0 },
    ],
    "typescript/consistent-type-imports": [
      "error",
      { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
    ],
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-meaningless-void-operator": "off",
    "typescript/no-misused-promises": "error",
    "typescript/only-throw-error": ["error", { allowThrowingUnknown: true }],
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "typescript/unbound-method": "off",
    "unicorn/no-new-array": "off", // the plan allocates by length
    "unicorn/no-thenable": "off", // a branching node has a port named `then`
    "unicorn/prefer-node-protocol": "error",
    "vitest/no-focused-tests": "error",
  },
  overrides: [
    ...Object.keys(ARROWS).map((folder) => boundary(folder, [`packages/${folder}/**/*.ts`], ARROWS[folder]!)),
    ...Object.keys(ARROWS).map((folder) => boundary(folder, testsOf(folder), allowedInTests(folder))),
    {
      files: ["packages/*/src/**/*.ts"],
      excludeFiles: [...TESTS, "packages/bench/**"],
      rules: { "no-console": "error" },
    },
    { files: TESTS, rules: TEST_RULES },
  ],
});

function testsOf(folder: string): string[] {
  return TESTS.map((pattern) => `packages/${folder}/${pattern}`);
}

function allowedInTests(folder: string): string[] {
  return [folder, ...ARROWS[folder]!, ...(TEST_ARROWS[folder] ?? [])];
}

/** Forbids every other package, and every relative path into a neighbour; deep imports fail on `exports` already. */
function boundary(folder: string, files: string[], allowed: readonly string[]): OxlintOverride {
  const foreign = [...Object.keys(ARROWS), "examples", "tools"]
    .filter((name) => !allowed.includes(name))
    .map(packageName);
  return {
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^(?:${foreign.join("|")})(?:/|$)`,
              message: `${folder} may import these packages only: ${allowed.join(", ") || "none"}.`,
            },
            { regex: "^(?:\\.\\./)+[a-z-]+/src(?:/|$)", message: "Import a neighbour by its package name." },
          ],
        },
      ],
    },
  };
}
