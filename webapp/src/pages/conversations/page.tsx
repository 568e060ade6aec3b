import { useSpeech } from "../../i18n";
import { Placeholder } from "../../ui";
import { ConversationView } from "./conversation-view";
import "./conversations.css";
import { ConversationList } from "./list";

/** The list and, beside it on a wide screen or over it on a phone, the open conversation. */
export function ConversationsPage({ openId }: { openId: string | null }) {
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
