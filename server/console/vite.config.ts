import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Three documents, so that a customer does not load what only an auditor needs. */
export default defineConfig({
  root: here("."),
  base: "/console/",
  publicDir: false,
  logLevel: "warn",
  build: {
    outDir: here("../../dist/console"),
    emptyOutDir: true,
    target: "es2023",
    // Inlined, they would need a policy that lets others inline, too.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
    rollupOptions: { input: [here("index.html"), here("admin.html"), here("audit.html")] },
  },
});
