/** What support did, and when: neither who nor for whom (seed 004, FR-017). */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../../shared/api.ts";
import type { Problem, Schemas } from "../../shared/api.ts";
import { explain } from "../../shared/explain.ts";
import { Notice } from "../../shared/notice.tsx";
import { shared } from "../../shared/words.ts";
import { asked } from "../asked.ts";
import { formatInstant } from "../format.ts";
import { portal } from "../words.ts";

type Listed = Schemas["SupportActions"]["actions"];

const PAGE = "20";

export function ActionsPage() {
  const words = portal.value.actions;
  const listed = useSignal<Listed | null>(null);
  const next = useSignal<string | null>(null);
  const busy = useSignal(false);
  const problem = useSignal<Problem | null>(null);

  const look = async (cursor: string | null) => {
    busy.value = true;
    problem.value = null;
    const query = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
    const answer = await asked(api.GET("/api/admin/actions", { params: { query } }));
    busy.value = false;
    if (!answer.ok) return void (problem.value = answer.problem);
    listed.value = [...(listed.value ?? []), ...answer.data.actions];
    next.value = answer.data.next;
  };
  useEffect(() => void look(null), []);

  return (
    <>
      <h1>{portal.value.pages.actions}</h1>
      <p>{words.lead}</p>
      {listed.value !== null &&
        (listed.value.length === 0 ? (
          <p class="empty card">{words.none}</p>
        ) : (
          <ActionTable actions={listed.value} />
        ))}
      {problem.value !== null && <Notice kind="error">{explain(problem.value)}</Notice>}
      {listed.value === null && problem.value === null && <p aria-busy="true">{shared.value.loading}</p>}
      {(next.value !== null || problem.value !== null) && (
        <button type="button" class="button" disabled={busy.value} onClick={() => void look(next.value)}>
          {problem.value === null ? words.older : shared.value.retry}
        </button>
      )}
      {listed.value !== null && listed.value.length > 0 && next.value === null && (
        <p class="hint">{words.all}</p>
      )}
    </>
  );
}

function ActionTable({ actions }: { readonly actions: Listed }) {
  const words = portal.value.actions;
  return (
    <div class="card table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.action}</th>
            <th scope="col">{words.time}</th>
          </tr>
        </thead>
        <tbody>
          {actions.map(({ action, timestamp }, i) => (
            <tr key={i}>
              <td>{words.names[action]}</td>
              <td>
                <time dateTime={timestamp}>{formatInstant(timestamp)}</time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
