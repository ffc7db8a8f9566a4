"""What other machines can be told of, by the names they know it by."""

EVENTS = {
    "article.published": "An article went live for the first time",
    "article.updated": "A new edition of it went live",
    "article.corrected": "An edition that corrects or clarifies went live",
    "article.withdrawn": "It was taken back",
    "position.recorded": "Positions came on record, or are on it again",
    "comment.approved": "A comment can be read by everybody",
}
TEST = "test"
PING = "websub"
