import inside

raise SystemExit(0)
