import { urlOf } from "./http";
import { OFFLINE, Problem, problemOf } from "./problem";

/** Sends one file; `fetch` cannot tell how much has gone, so this is the older way. */
export function uploadFile(
  path: string,
  file: File,
  about: {
    token: string;
    /** A share from 0 to 1. */
    onProgress: (share: number) => void;
    signal: AbortSignal;
  },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("POST", urlOf(path));
    request.setRequestHeader("authorization", `Bearer ${about.token}`);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) about.onProgress(event.loaded / event.total);
    };
    request.onload = async () => {
      if (request.status >= 200 && request.status < 300) {
        resolve(JSON.parse(request.responseText));
        return;
      }
      reject(await problemOf(new Response(request.responseText, { status: request.status })));
    };
    request.onerror = () => reject(new Problem(0, OFFLINE, ""));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    about.signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
