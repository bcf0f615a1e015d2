package notice

import "trackaudit/classify/knowledge"

// corpusNames is the namer that the corpus is read with.
func corpusNames() namer { return namesOf(knowledge.Embedded()) }
