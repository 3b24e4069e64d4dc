// Keeps what is half typed through a reload, a closed tab or an expired login. Never a dossier code, never typed text.
const OF_TODAY = (draft, day) => draft && draft.day === day;

export function makeDraft(user) {
  const key = `desk.${user}.draft`;
  return {
    save(body, procedure, day) {
      const dossier = body.dossier && { ...body.dossier, code: "", code_confirmed: undefined };
      const { activities, audience, account, counter, queue_number } = body;
      put(key, { day, body: { activities, audience, account, counter, queue_number, dossier }, procedure });
    },
    read(day) {
      const draft = get(key);
      return OF_TODAY(draft, day) ? draft : null;
    },
    clear() { drop(key); },
  };
}

// Storage may be closed to us (private windows, policies) or full; put says whether it was kept.
export function put(key, value) {
  try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; }
}
export function get(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}
export function drop(key) {
  try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
}
export function keysFrom(prefix) {
  try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)); } catch { return []; }
}
