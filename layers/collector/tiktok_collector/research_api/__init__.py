"""The TikTok Research API as a source: requests in, typed pages out.

`endpoints` says what can be asked, `client` sends one request, `answers` judges the answer, `rows` gives it types.
"""
