import type { Import } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { usePress } from "../../app/use-press";
import { insideTelegram } from "../../telegram";
import { Button } from "../../ui";
import { useSpeech } from "./words";

/** The rejected rows as a file, each with its reason. */
export function RejectsButton({ of }: { of: Import }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const press = usePress<void>([]);
  const save = () =>
    press.mutate({
      run: async () => {
        const bytes = await client.bytes(`/imports/${encodeURIComponent(of.id)}/rejects`);
        await keep(new File([bytes], t.rejectsFile, { type: "text/csv" }));
      },
    });
  return (
    <Button icon="down" busy={press.isPending} onClick={save}>
      {t.downloadRejects}
    </Button>
  );
}

// Telegram's own view on a phone does not download what a page has made; its share sheet does.
async function keep(file: File): Promise<void> {
  if (insideTelegram() && navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file] });
      return;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
    }
  }
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
