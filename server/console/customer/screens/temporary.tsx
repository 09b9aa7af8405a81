/** After a temporary PIN: seed 004's sentence, and a new PIN at once. Nothing here leads past it. */
import { api } from "../../shared/api.ts";
import { Notice } from "../../shared/notice.tsx";
import { ChoosePin } from "../choose-pin.tsx";
import { faultOf } from "../explain.ts";
import { operation } from "../operation.ts";
import { Screen } from "../screen.tsx";
import { operate } from "../step.ts";
import { texts } from "../words/index.ts";
import { DIGITS } from "./digits.ts";

export function Temporary() {
  const words = texts.value;
  return (
    <Screen title={words.temporary.title} hasField>
      <Notice kind="warning">{words.temporary.sentence}</Notice>
      <ChoosePin
        digits={DIGITS}
        label={words.savePin}
        save={({ pin: newPin, confirmation }) =>
          faultOf(
            operate(
              "change",
              api.POST("/api/session/pin/change", { ...operation(), body: { newPin, confirmation } }),
            ),
          )
        }
      />
    </Screen>
  );
}
