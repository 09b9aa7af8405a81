import { useSignal } from "@preact/signals";
import { portal } from "../words.ts";
import { Customer } from "./customer.tsx";
import type { Found } from "./customer.tsx";
import { SearchForm } from "./search-form.tsx";

/** Who was found is kept as long as the page is open, and nowhere else. */
export function CustomersPage() {
  const words = portal.value;
  const found = useSignal<Found | null>(null);
  return (
    <>
      <h1>{words.pages.customers}</h1>
      <SearchForm onFound={(one) => (found.value = one)} />
      {found.value !== null && <Customer key={found.value.search} found={found.value} />}
    </>
  );
}
