export function ConversationsPage(_: { openId: string | null }) {
  return null;
}
