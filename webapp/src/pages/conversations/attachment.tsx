import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Attachment } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { Button, Icon, Sheet, Spinner } from "../../ui";
import type { IconName } from "../../ui/icon";
import { type Dictionary, useSpeech } from "./words";

const PICTURES = new Set(["photo", "sticker"]);
const SOUNDS = new Set(["voice", "audio"]);
const FILMS = new Set(["video", "video_note"]);

export function AttachmentView({ attachment }: { attachment: Attachment }) {
  const { t } = useSpeech();
  const { kind, state } = attachment;
  if (kind === "location" || kind === "contact") {
    return <Card attachment={attachment} icon={icons[kind]} note={t.seeInMessenger} />;
  }
  if (state === "pending") {
    return <Card attachment={attachment} icon="clock" note={t.attachmentPending} />;
  }
  if (state === "too_big") {
    return <Card attachment={attachment} icon="warn" note={t.attachmentTooBig} />;
  }
  if (state === "failed") {
    return <Card attachment={attachment} icon="warn" note={t.attachmentFailed} />;
  }
  if (PICTURES.has(kind)) return <Picture attachment={attachment} />;
  return <OnDemand attachment={attachment} />;
}

/** The bytes behind the bearer as an address of this page; gone when nobody shows them. */
function useBytes(id: string, wanted: boolean) {
  const { client } = useSignedIn();
  const bytes = useQuery({
    queryKey: ["attachment", id],
    queryFn: ({ signal }) => client.attachment(id, signal),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!bytes.data) return;
    const made = URL.createObjectURL(bytes.data);
    setUrl(made);
    return () => {
      setUrl(null);
      URL.revokeObjectURL(made);
    };
  }, [bytes.data]);
  return { url, failed: bytes.isError, retry: bytes.refetch };
}

function Picture({ attachment }: { attachment: Attachment }) {
  const { t } = useSpeech();
  const { url, failed, retry } = useBytes(attachment.id, true);
  const [open, setOpen] = useState(false);
  const name = nameOf(t, attachment);
  if (failed) return <Broken attachment={attachment} onRetry={retry} />;
  if (!url) {
    return (
      <div className="picture picture-waiting">
        <Spinner size="s" label={t.attachmentPending} />
      </div>
    );
  }
  return (
    <>
      <button
        type="button"
        className={`picture picture-${attachment.kind}`}
        aria-label={t.openPhoto}
        onClick={() => setOpen(true)}
      >
        <img src={url} alt={name} />
      </button>
      {open && (
        <Sheet title={name} wide onClose={() => setOpen(false)}>
          <img className="picture-whole" src={url} alt={name} />
        </Sheet>
      )}
    </>
  );
}

/** Sound, film and documents are fetched when asked for: they may be large. */
function OnDemand({ attachment }: { attachment: Attachment }) {
  const { t } = useSpeech();
  const [wanted, setWanted] = useState(false);
  const { url, failed, retry } = useBytes(attachment.id, wanted);
  const name = nameOf(t, attachment);
  if (failed) return <Broken attachment={attachment} onRetry={retry} />;
  if (url && SOUNDS.has(attachment.kind)) {
    // biome-ignore lint/a11y/useMediaCaption: a customer's recording has no captions
    return <audio className="sound" src={url} controls autoPlay aria-label={name} />;
  }
  if (url && FILMS.has(attachment.kind)) {
    // biome-ignore lint/a11y/useMediaCaption: a customer's film has no captions
    return <video className="film" src={url} controls autoPlay playsInline aria-label={name} />;
  }
  if (url) return <Download url={url} attachment={attachment} />;
  const word = SOUNDS.has(attachment.kind)
    ? t.listen
    : FILMS.has(attachment.kind)
      ? t.watch
      : t.download;
  return (
    <button
      type="button"
      className="file"
      disabled={wanted}
      aria-label={`${word}: ${name}`}
      onClick={() => setWanted(true)}
    >
      <FileBody attachment={attachment} icon={icons[attachment.kind]} note={word} />
    </button>
  );
}

function Download({ url, attachment }: { url: string; attachment: Attachment }) {
  const { t } = useSpeech();
  const name = nameOf(t, attachment);
  const [link, setLink] = useState<HTMLAnchorElement | null>(null);
  // The press asked for the file; its bytes have come only now.
  useEffect(() => link?.click(), [link]);
  return (
    <a ref={setLink} className="file" href={url} download={attachment.file_name ?? name}>
      <FileBody attachment={attachment} icon="file" note={t.download} />
    </a>
  );
}

function Card(props: { attachment: Attachment; icon: IconName; note: string }) {
  return (
    <div className="file">
      <FileBody {...props} />
    </div>
  );
}

function Broken({ attachment, onRetry }: { attachment: Attachment; onRetry: () => unknown }) {
  const { t } = useSpeech();
  return (
    <div className="file">
      <FileBody attachment={attachment} icon="warn" note={t.attachmentBroken} />
      <Button size="s" onClick={() => onRetry()}>
        {t.retry}
      </Button>
    </div>
  );
}

function FileBody(props: { attachment: Attachment; icon: IconName; note: string }) {
  const { t, format } = useSpeech();
  const { size } = props.attachment;
  return (
    <>
      <span className="file-icon">
        <Icon name={props.icon} size={20} />
      </span>
      <span className="file-text">
        <b>{nameOf(t, props.attachment)}</b>
        <span>
          {props.note}
          {size ? ` · ${format.bytes(size)}` : ""}
        </span>
      </span>
    </>
  );
}

const icons: Readonly<Record<Attachment["kind"], IconName>> = {
  photo: "photo",
  sticker: "photo",
  voice: "play",
  audio: "play",
  video: "play",
  video_note: "play",
  document: "file",
  location: "pin",
  contact: "person",
};

function nameOf(t: Dictionary, attachment: Attachment): string {
  const kinds: Record<Attachment["kind"], string> = {
    photo: t.photo,
    sticker: t.sticker,
    voice: t.voice,
    audio: t.audio,
    video: t.video,
    video_note: t.videoNote,
    document: t.document,
    location: t.location,
    contact: t.contact,
  };
  const named = attachment.kind === "document" || attachment.kind === "audio";
  return (named && attachment.file_name) || kinds[attachment.kind];
}
