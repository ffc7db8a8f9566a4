from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0003_words_in_documents")]

    operations = [
        migrations.AddField(
            model_name="passage",
            name="parts",
            field=models.TextField(default="[]", help_text="JSON, for showing why it was found."),
        ),
    ]
