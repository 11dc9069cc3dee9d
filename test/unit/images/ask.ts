/** Status, content type, body (parsed when it is JSON) and headers of an answer; redirects are not followed. */
export async function ask(url: string, init: RequestInit = {}) {
  const response = await fetch(url, { redirect: "manual", ...init });
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  const body = type.startsWith("application/json") ? JSON.parse(text) : text;
  return { status: response.status, type, headers: response.headers, body };
}
