// Every save and undo goes through here: kept in this browser until the server has answered, oldest first, always under
// the same id, so that sending twice stores once.
import { clock } from "./dom.js";
import { drop, get, keysFrom, put } from "./draft.js";

const GIVE_UP_AFTER_MS = 15_000;
const RETRY_MS = [3_000, 6_000, 15_000, 30_000];

export class Outbox {
  constructor({ user, url, desk, saved, undone, refused, changed }) {
    Object.assign(this, { url, desk, saved, undone, refused, changed });
    this.prefix = `desk.${user}.q.`;
    this.unkept = new Map(); // items of a browser whose storage is closed or full
    this.state = "idle"; // idle, sending, offline, login, closed
    this.failures = 0;
    this.user = user;
    this.token = token();
    addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.flush(); });
  }

  items() {
    const kept = keysFrom(this.prefix).map(get).filter(Boolean);
    return [...kept, ...this.unkept.values()].sort((one, other) => one.at - other.at);
  }

  waiting() { return this.items().filter((item) => !item.refused); }
  item(id) { return get(this.prefix + id) ?? this.unkept.get(id) ?? null; }

  write(item) {
    if (put(this.prefix + item.id, item)) this.unkept.delete(item.id);
    else this.unkept.set(item.id, item);
  }

  remove(id) {
    drop(this.prefix + id);
    this.unkept.delete(id);
  }

  save(item) {
    this.write({ ...item, kind: "save", tries: 0 });
    return this.flush();
  }

  // A visit that never left this browser is simply forgotten; one that may have arrived is undone there.
  undo(id, label) {
    const item = this.item(id);
    if (item?.kind === "save" && !item.tries) {
      this.remove(id);
      this.undone({ id, label: item.label }, null);
      return this.changed();
    }
    this.write({ id, at: item?.at ?? clock.now(), kind: "undo", tries: 0, label: item?.label ?? label });
    return this.flush();
  }

  async flush() {
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    do {
      this.again = false;
      for (const item of this.waiting()) if (!await this.send(item)) break;
    } while (this.again && this.state === "idle");
    this.busy = false;
    this.changed();
    this.plan();
  }

  plan() {
    clearTimeout(this.timer);
    if (!this.waiting().length || this.state === "login") return;
    this.timer = setTimeout(() => this.flush(), RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1] ?? RETRY_MS[0]);
  }

  // Sends one item; returns whether it makes sense to go on with the next.
  async send(item, fresh = false) {
    this.state = "sending";
    this.write({ ...item, tries: item.tries + 1 });
    let answer, content;
    try {
      if (!await this.stillMe()) return false;
      answer = await fetch(item.kind === "undo" ? `${this.url}${item.id}/` : this.url, this.request(item));
      content = await answer.json().catch(() => null);
    } catch {
      this.failures += 1;
      this.state = "offline";
      return false;
    }
    clock.set(Date.parse(answer.headers.get("Date")));
    this.state = "idle";
    if (answer.status === 401) {
      this.state = "login";
      return false;
    }
    if (answer.status === 403 && content?.errors?.csrf && !fresh) {
      this.token = null;
      return this.send(item, true);
    }
    return this.settle(item, answer.status, content);
  }

  // A changed token means that somebody logged in, perhaps another person: their desk must not send my visits.
  async stillMe() {
    if (this.token === token()) return true;
    const page = await (await fetch(this.desk)).text();
    const user = /data-user="(\d+)"/.exec(page)?.[1];
    if (user && user !== this.user) {
      location.reload();
      return false;
    }
    this.token = token();
    return true;
  }

  settle(item, status, content) {
    const now = this.item(item.id);
    // Undone while it was on its way: what comes next is the undo.
    if (now && now.kind !== item.kind) { this.again = true; return true; }
    const done = item.kind === "undo" ? [200, 204, 404, 410] : [200, 201];
    if (done.includes(status)) {
      this.failures = 0;
      this.remove(item.id);
      if (item.kind === "undo") this.undone(item, content);
      else this.saved(item, content);
    } else if (status === 410) {
      this.remove(item.id);
    } else if ([400, 403, 409, 413, 422].includes(status) && !content?.errors?.csrf) {
      this.remove(item.id);
      if (!this.refused(item, content)) this.write({ ...item, refused: sentences(content) });
    } else {
      this.failures += 1;
      this.state = "closed";
    }
    this.changed();
    return true;
  }

  request(item) {
    return {
      method: item.kind === "undo" ? "DELETE" : "POST",
      credentials: "same-origin",
      signal: AbortSignal.timeout(GIVE_UP_AFTER_MS),
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": token(),
      },
      body: item.kind === "undo" ? undefined : JSON.stringify(item.body),
    };
  }
}

// Read when sending: logging in in another tab changes it.
function token() {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

export function sentences(content) {
  return Object.values(content?.errors ?? {}).flat();
}
