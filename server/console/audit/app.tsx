import { Shell } from "../shared/shell.tsx";

export function App() {
  return (
    <Shell title="Explorer" wide>
      <h1>Explorer</h1>
    </Shell>
  );
}
