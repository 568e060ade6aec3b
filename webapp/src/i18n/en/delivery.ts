import type { Like } from "../like";
import { plural } from "../plural";
import type { delivery as ru } from "../ru/delivery";

const count = (n: number) => n.toLocaleString("en-GB");
const many = (n: number, one: string, other: string) =>
  `${count(n)} ${plural("en", n, { one, other })}`;
const replies = (n: number) => many(n, "reply", "replies");

export const delivery: Like<typeof ru> = {
  queueLead: "Replies on their way to customers.",
  show: {
    open: "On the way",
    late: "Late",
    in_doubt: "In doubt",
    parked: "Stuck",
    done: "Finished",
  },
  showLabel: "Which replies to show",
  depth: "Now",
  waiting: "On the way",
  late: "Late",
  inDoubt: "In doubt",
  parked: "Stuck",
  many: (n) => `${n}+`,
  held: (n) => `${replies(n)} waiting: the channel is off or not connected.`,
  oldest: (time) => `The oldest is ${time} past due.`,
  outcomes: "In a day",
  outcomeSent: "Sent",
  outcomeRejected: "Refused",
  outcomeUnsure: "Unknown",
  outcomeParked: "Stuck",
  outcomeCancelled: "Cancelled",
  latenessText: (p50, p99) => `Usually ${p50} past due, the worst of a hundred ${p99}.`,
  duration: (seconds) =>
    seconds < 1
      ? "under a second"
      : seconds < 90
        ? `${Math.round(seconds)} s`
        : seconds < 5400
          ? `${Math.round(seconds / 60)} min`
          : `${Math.round(seconds / 3600)} h`,
  state: {
    scheduled: "waits for its time",
    claimed: "being sent",
    sending: "being sent",
    sent: "sent",
    rejected: "refused",
    unsure: "unknown",
    parked: "stuck",
    cancelled: "cancelled",
  },
  automatic: "autosend",
  due: (time) => `due ${time}`,
  lateBy: (time) => `${time} late`,
  attempts: (n) => many(n, "attempt", "attempts"),
  to: (name, number) => `${name}, conversation ${number}`,
  cancelOne: "Don’t send",
  retryOne: "Send again",
  arrived: "It arrived",
  unsureText: "It may or may not have arrived. Look in the messenger and say.",
  openConversation: "Open the conversation",
  settled: "Noted",
  retried: "Back in the queue",
  cancelled: "Sending stopped",
  select: "Select",
  selectNone: "Done",
  selected: (n) => `Selected: ${count(n)}`,
  selectThis: (name) => `Select the reply to ${name}`,
  cancelMany: "Don’t send the selected",
  cancelTitle: "Don’t send?",
  cancelText: (n) =>
    `${replies(n)} will not reach customers. The conversations wait again and can be answered anew.`,
  cancelResult: (cancelled, late) =>
    late > 0
      ? `Cancelled: ${count(cancelled)}. Gone already: ${count(late)}.`
      : `Cancelled: ${count(cancelled)}`,
  emptyTitle: {
    open: "Everything is sent",
    late: "Nothing is late",
    in_doubt: "No doubts",
    parked: "Nothing is stuck",
    done: "Nothing has gone out lately",
  },
  emptyText: {
    open: "A reply waiting for its pause or time shows here.",
    late: "What did not go in time comes here.",
    in_doubt: "What the messenger did not confirm comes here.",
    parked: "What the messenger refused several times comes here.",
    done: "What was sent, cancelled and refused comes here.",
  },
};
