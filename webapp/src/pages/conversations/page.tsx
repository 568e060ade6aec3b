import type { PlaceProps } from "../../app/places";
import { Placeholder } from "../../ui";
import { ConversationView } from "./conversation-view";
import { useSpeech } from "./words";
import "./conversations.css";
import { ConversationList } from "./list";

/** The list and, beside it on a wide screen or over it on a phone, the open conversation. */
export default function ConversationsPage({ rest }: PlaceProps) {
  const openId = rest || null;
  const { t } = useSpeech();
  return (
    <div className={`desk${openId ? " desk-open" : ""}`}>
      <ConversationList openId={openId} />
      {openId ? (
        <ConversationView key={openId} id={openId} />
      ) : (
        <div className="desk-empty">
          <Placeholder icon="chats" title={t.pickTitle} text={t.pickText} />
        </div>
      )}
    </div>
  );
}
