import { Shell } from "../shared/shell.tsx";
import { session } from "../shared/sign-in-state.ts";
import { SignIn } from "../shared/sign-in.tsx";
import { shared } from "../shared/words.ts";

export function App() {
  return (
    <Shell title="PIN">
      {session.value?.signedIn === true ? (
        <p>{shared.value.signedInAs(session.value.name ?? "")}</p>
      ) : (
        <SignIn title="PIN" lead="" />
      )}
    </Shell>
  );
}
