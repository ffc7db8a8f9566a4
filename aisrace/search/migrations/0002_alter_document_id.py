from django.db import migrations, models


class Migration(migrations.Migration):
    """So that a document is found at once by its key in SQLite, too, where only such a key is that of the row itself."""

    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="id",
            field=models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
        ),
    ]
