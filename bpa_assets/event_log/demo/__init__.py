"""The demo log maker: a realistic order-to-cash log in which every truth is known.

`log_file.write_demo_log` is the call. One module a noun: `process` (what is planted), `calendars`, `arrivals`, `cases`,
`paths`, `queues`, `site` (one block, simulated), `dirt`, `truth`. Add a trait here when the demo should show it or a
later stage is to be tested against it, and write its truth beside it; what the pipeline does with a log stays out.
"""
