import js from "@eslint/js";
import tseslint from "typescript-eslint";

/**
 * The direction of dependencies: http, console → services → domain, ledger; services → ports ← storage, chain, crypto.
 * Cycles are found by dependency-cruiser (.dependency-cruiser.json).
 */
const forbid = (...rules) => ({
  "no-restricted-imports": [
    "error",
    { patterns: rules.map(({ from, why }) => ({ group: from, message: why })) },
  ],
});

const ETHERS = {
  from: ["ethers", "hardhat", "hardhat/*"],
  why: "Only chain/ talks to chains: the rest sees the Chain port, and can be tested without one.",
};
const SQL = {
  from: ["kysely", "kysely/*", "pg", "better-sqlite3"],
  why: "Only storage/ knows SQL: the rest sees the Store port, and one suite tests both databases.",
};
const FASTIFY = {
  from: ["fastify", "fastify-*", "@fastify/*"],
  why: "Only http/ knows HTTP: what a service does must not depend on how it is called.",
};
const OPEN_ID = {
  from: ["openid-client"],
  why: "Only crypto/ speaks with identity providers: the rest sees the OpenIdProvider port.",
};
const ADAPTERS = {
  from: ["**/storage/**", "**/chain/**", "**/crypto/**"],
  why: "Adapters are chosen in compose.ts; depend on ports.ts.",
};
const NODE = {
  from: ["node:*"],
  why: "This is pure: it runs in a browser too, and gets time, randomness and state as arguments.",
};
const OUTWARD = {
  from: ["**/services/**", "**/http/**", "**/config/**", "**/ports.ts", "**/ports/**"],
  why: "The core knows nothing of what surrounds it.",
};
const HTTP = {
  from: ["**/http/**", "**/console/**", "**/app.ts", "**/compose.ts"],
  why: "Nothing below http/ knows of it.",
};

const layer = (files, ...rules) => ({ files, rules: forbid(...rules) });

export default tseslint.config(
  {
    ignores: [
      "node_modules",
      "artifacts",
      "cache",
      "coverage",
      "types",
      "data",
      "dist",
      "server/client/api.d.ts",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "scripts/*.mjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // Adapters keep a port's asynchronous signature whether or not they have something to await.
      "@typescript-eslint/require-await": "off",
      "no-restricted-globals": [
        "error",
        { name: "Buffer", message: "Buffers belong into adapters; elsewhere it is Uint8Array." },
      ],
    },
  },
  layer(["server/domain/**"], NODE, ETHERS, SQL, FASTIFY, OPEN_ID, ADAPTERS, OUTWARD),
  layer(["server/ledger/**"], NODE, ETHERS, SQL, FASTIFY, ADAPTERS, OUTWARD, {
    from: ["**/domain/**"],
    why: "Formats do not depend on policy: an auditor verifies without it.",
  }),
  layer(["server/audit/replay/**"], NODE, ETHERS, SQL, FASTIFY, ADAPTERS, OUTWARD),
  {
    files: ["server/domain/**", "server/ledger/**", "server/audit/replay/**"],
    rules: {
      "no-restricted-globals": ["error", "Buffer", "process", "crypto", "performance", "setTimeout", "fetch"],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Time is an argument." },
        { object: "Math", property: "random", message: "Randomness is an argument." },
      ],
    },
  },
  layer(["server/audit/**"], NODE, ETHERS, SQL, FASTIFY, ADAPTERS, HTTP, {
    from: ["**/services/**", "**/config/**"],
    why: "An auditor must not depend on what is audited: formats and policies (ledger/, domain/) are all they share.",
  }),
  layer(["server/services/**"], ETHERS, SQL, FASTIFY, OPEN_ID, ADAPTERS, HTTP),
  layer(["server/http/**"], ETHERS, SQL, OPEN_ID, ADAPTERS),
  layer(["server/console/{shared,customer,admin,audit}/**"], NODE, ETHERS, SQL, FASTIFY, {
    from: ["**/services/**", "**/http/**", "**/config/**", "**/storage/**", "**/crypto/**", "**/ports.ts"],
    why: "The console runs in a browser: it asks the API by its client, and verifies by the auditor's own code.",
  }),
  layer(["server/storage/**"], ETHERS, FASTIFY, HTTP, {
    from: ["**/services/**", "**/audit/**", "**/chain/**", "**/crypto/**"],
    why: "An adapter implements its port and knows no other.",
  }),
  layer(["server/chain/**"], SQL, FASTIFY, HTTP, {
    from: ["**/services/**", "**/audit/**", "**/storage/**", "**/crypto/**"],
    why: "An adapter implements its port and knows no other.",
  }),
  layer(["server/crypto/**"], SQL, FASTIFY, HTTP, {
    from: ["**/services/**", "**/storage/**", "**/chain/**"],
    why: "An adapter implements its port and knows no other.",
  }),
  {
    files: ["server/crypto/**", "server/config/**", "server/storage/**", "test/**", "scripts/**"],
    rules: { "no-restricted-globals": "off" },
  },
  {
    files: ["test/**"],
    rules: {
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      // Answers are read as JSON: what they hold is what a test is about to find out.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  { files: ["**/*.js", "**/*.mjs"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly" } },
    rules: { ...tseslint.configs.disableTypeChecked.rules, "no-restricted-globals": "off" },
  },
);
