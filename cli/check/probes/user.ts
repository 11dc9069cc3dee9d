import type { UserCheck } from "../../../components/lessons/checks/check";
import { answered } from "./curl";
import type { Probe } from "./probe";

export interface UserSeen {
  /** Why nobody is signed in. */
  refused?: string;
  /** Version or other answer → how often. */
  answers: Record<string, number>;
}

export const user: Probe<UserCheck, UserSeen> = {
  expected: ({ user, to, requests }) => `${requests} of ${requests} requests of ${user} to ${to}`,
  async look({ user, path, version, requests }, { seat }) {
    const signIn = await seat.http("/login", {
      method: "POST",
      body: new URLSearchParams({ username: user, passwd: "" }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    const cookies = [signIn.headers["set-cookie"] ?? []].flat().map((cookie) => cookie.split(";")[0]!);
    if (cookies.length === 0) return { refused: `/login answered ${answered(signIn)} without a session`, answers: {} };
    const all = await Promise.all(
      Array.from({ length: requests }, () => seat.http(path, { headers: { cookie: cookies.join("; ") } })),
    );
    const answers: Record<string, number> = {};
    for (const got of all) {
      const key = (got.status === 200 && new RegExp(version).exec(got.body)?.[1]) || answered(got);
      answers[key] = (answers[key] ?? 0) + 1;
    }
    return { answers };
  },
  evaluate({ user, to, requests }, { refused, answers }) {
    if (refused) return { ok: false, seen: `${user} cannot sign in: ${refused}`, evidence: { errors: [refused] } };
    const words = Object.entries(answers).map(([key, count]) => `${key} ${count}`);
    return {
      ok: answers[to] === requests,
      seen: `${user}: ${words.join(", ")} of ${requests} requests`,
      evidence: { versions: answers },
    };
  },
};
