import { render } from "preact";
import "../shared/style.css";
import "./admin.css";
import { App } from "./app.tsx";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
