import { api } from "../../shared/api.ts";
import { ChoosePin } from "../choose-pin.tsx";
import { faultOf } from "../explain.ts";
import { operation } from "../operation.ts";
import { Screen } from "../screen.tsx";
import { operate } from "../step.ts";
import { texts } from "../words/index.ts";
import { DIGITS } from "./digits.ts";

export function Create() {
  const words = texts.value;
  return (
    <Screen title={words.create.title} hasField>
      <p>{words.create.lead(DIGITS)}</p>
      <ChoosePin
        digits={DIGITS}
        label={words.savePin}
        save={({ pin, confirmation }) =>
          faultOf(
            operate("create", api.POST("/api/session/pin", { ...operation(), body: { pin, confirmation } })),
          )
        }
      />
    </Screen>
  );
}
