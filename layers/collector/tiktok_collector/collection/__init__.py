"""Use cases: plan a run, work its tasks, write its exports and manifest.

Planning: plan, extraction_plan, search_plan, kinds, naming, follow_up, planning.
Paging: paginator, pages, page_reader, page_worker, chain.
Recovery: recovery, setbacks, health, canary, gate, patience, waiting.
Files: subject, export_document, manifest_document, export, manifest, file_upload, sightings, study_view.
Running: handler, launch, resumption, services, engine, deadline, completion, report.

docs/architecture.md has a line on each.
"""
