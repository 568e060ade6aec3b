const paths = {
  chats:
    "M4 6.500A2.500 2.500 0 0 1 6.500 4h11A2.500 2.500 0 0 1 20 6.500v7a2.500 2.500 0 0 1-2.500 2.500H11l-4.500 4v-4A2.500 2.500 0 0 1 4 13.500z",
  settings:
    "M4 7h9m5 0h2M4 12h2m5 0h9M4 17h11m5 0h0M13 7a2.500 2.500 0 1 0 5 0 2.500 2.500 0 0 0-5 0M6 12a2.500 2.500 0 1 0 5 0 2.500 2.500 0 0 0-5 0M15 17a2.500 2.500 0 1 0 5 0 2.500 2.500 0 0 0-5 0",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13m4.700-1.800L20 20",
  close: "m6 6 12 12M18 6 6 18",
  back: "m14.500 5-7 7 7 7",
  send: "M12 20V5m-6 6 6-6 6 6",
  more: "M5.500 12h.01M12 12h.01M18.500 12h.01",
  check: "m5 12.500 4.500 4.500L19 7.500",
  edit: "m5 19 1-4L16.500 4.500a2.100 2.100 0 0 1 3 3L9 18z",
  refresh:
    "M19 5v5h-5M5 19v-5h5M6.500 9a6.500 6.500 0 0 1 11-1.500L19 10M5 14l1.500 2.500a6.500 6.500 0 0 0 11-1.500",
  flag: "M6 20V4.500M6 5h11l-2.500 4 2.500 4H6",
  file: "M7 4h6.500L18 8.500V20H7zM13 4v5h5",
  play: "M8 5.500v13l10.500-6.500z",
  photo: "M4.500 5h15v14h-15zm0 11 4.500-4.500 4 4 2.500-2.500 4 4M15 9.500h.01",
  warn: "M12 4 3 19.500h18zm0 6v4.500m0 2.500h.01",
  clock: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16m0-12v4l3 2",
  down: "M12 5v14m-6-6 6 6 6-6",
  pin: "M12 20.500s6.500-6 6.500-10.500a6.500 6.500 0 1 0-13 0c0 4.500 6.500 10.500 6.500 10.500m0-8.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
  person:
    "M12 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M5 19.500c.6-3.500 3.400-5 7-5s6.400 1.500 7 5",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 3 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={paths[name]} />
    </svg>
  );
}
