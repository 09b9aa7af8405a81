import { Shell } from "../shared/shell.tsx";
import { session } from "../shared/sign-in-state.ts";
import { SignIn } from "../shared/sign-in.tsx";

export function App() {
  return (
    <Shell title="Support" wide>
      {session.value?.admin === true ? <h1>Support</h1> : <SignIn title="Support" lead="" admin />}
    </Shell>
  );
}
