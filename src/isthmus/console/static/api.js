// Asks and acts; what goes wrong is shown with what to do about it.
import { toast } from "./dom.js";

const csrf = document.querySelector('meta[name="csrf"]').content;

/** Asks; throws with what was wrong. */
export async function get(path) {
  return answer(await fetch(path, { headers: { accept: "application/json" } }));
}

/** Does something; what goes wrong is shown, and null comes back. */
export async function post(path, body = {}) {
  try {
    const headers = { "content-type": "application/json", "x-isthmus-csrf": csrf };
    return await answer(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
  } catch (error) {
    toast(error.message, error.fix);
    return null;
  }
}

async function answer(response) {
  const found = await response.json().catch(() => ({}));
  if (response.ok) return found;
  const error = new Error(found.error ?? `the console answers ${response.status}`);
  error.fix = found.fix ?? "";
  throw error;
}
